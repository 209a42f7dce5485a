import { TocsinError } from '../model/errors.ts';

/** Why a disk takes no more, or not from this user; EFBIG is a limit on the size of files. */
const REFUSALS = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EACCES', 'EPERM', 'ENOTDIR']);

/** A write that the file system refused as TCN-L012, anything else as it was thrown. `file`: what was written, where the error may not say. */
export function writeError(thrown: unknown, file?: string): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const { code = '', path = file, syscall } = thrown as NodeJS.ErrnoException;
  if (syscall === undefined || !REFUSALS.has(code)) return thrown;
  return new TocsinError('TCN-L012', [code, path].filter((part) => part !== undefined).join(' '), { cause: thrown });
}
