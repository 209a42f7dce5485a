import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Rooms whose files take long, the longest first; a long file that starts last keeps one core idle. */
const LONG = ['/test/e2e/', '/test/browser/', '/test/cli/', '/test/local/'];

export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = LONG.findIndex((room) => moduleId.includes(room));
      return found === -1 ? LONG.length : found;
    };
    return [...files].sort((a, b) => place(a) - place(b));
  }
}
