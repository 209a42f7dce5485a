import { compileFolder } from '../local/build/build.ts';
import type { DigestCliDeps } from './digest.ts';
import { withAdapters } from './stores.ts';

/** Opens the stores that a digest is compiled from. */
export function withStores(work: (deps: DigestCliDeps) => Promise<number>): Promise<number> {
  return withAdapters(async (ports, clock) => {
    const { compiled } = await compileFolder('.');
    return work({
      sources: {
        alerts: ports.alerts,
        findings: ports.findings,
        evaluations: ports.evaluations,
        notifications: ports.notificationLog,
        forward: ports.forwardMarks,
        digests: ports.digests,
        rules: compiled?.rules ?? [],
        clock,
      },
      stdout: (text) => process.stdout.write(text),
      stderr: (text) => process.stderr.write(text),
    });
  });
}
