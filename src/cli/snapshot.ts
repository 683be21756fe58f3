import { Option } from 'commander';
import * as z from 'zod';
import { isBlind, type SnapshotData } from '../engines/snapshot-data.ts';
import { plural } from '../tools/report/plural.ts';
import { targetNamespace } from '../tools/target.ts';
import type { CommandContext, Host, Register } from './program.ts';
import { showProgress } from './render/progress.ts';
import { targetArguments, targetFlags } from './target-arguments.ts';
import { addTargetFlags } from './target-flags.ts';

const optionsSchema = targetFlags.extend({ file: z.string().optional(), force: z.boolean().optional() });
type Options = z.output<typeof optionsSchema>;

export const register: Register = (program, run, host) => {
  const command = program
    .command('snapshot')
    .description('Write what a diagnosis reads to a redacted file, to attach to a ticket.');
  addTargetFlags(command)
    .addOption(new Option('-f, --file <path>', 'Where to; by default a name from namespace and time.'))
    .addOption(new Option('--force', 'Replace the file when it exists.'))
    .addHelpText('after', help);
  run(command, (context) => snapshot(context, host, optionsSchema.parse(command.opts())));
};

async function snapshot(context: CommandContext, host: Host, options: Options): Promise<number> {
  const { settings, signal, terminal } = context;
  const { cluster, ...where } = targetArguments(options, settings);
  const allowed = { namespace: settings.k8sNamespace, allowSystemNamespaces: settings.allowSystemNamespaces };
  const scope = { namespace: targetNamespace({ all_namespaces: false, ...where }, allowed) };
  const progress = showProgress(terminal);
  progress.update(`reading ${scope.namespace ?? 'the cluster'}`);
  try {
    const clusters = await context.openClusters();
    const reader = await clusters.reader(cluster);
    // Of a file with gaps a diagnosis says what it could not see; no file says nothing.
    const data = await reader.collect(scope, signal, { enough: AbortSignal.timeout(settings.timeout * 1000) });
    const path = options.file ?? nameFor(data);
    const { writeArchive } = await import('../kubernetes/archive/write.ts');
    const size = await writeArchive(path, data, { kubemend: host.version, overwrite: options.force, signal });
    progress.end();
    terminal.out(report(data, { path, size }));
    return 0;
  } catch (error) {
    if (signal.aborted) return 130;
    throw error;
  } finally {
    progress.end();
  }
}

/** `shop-20261123-1211.kubemend.gz`. */
function nameFor({ scope, cluster, takenAt }: SnapshotData): string {
  const what = (scope.namespace ?? cluster).replaceAll(/[^A-Za-z0-9.-]+/g, '-').replace(/^[.-]+/, '');
  const [day = '', time = ''] = takenAt.replaceAll(/[-:]/g, '').split('T');
  return `${what || 'cluster'}-${day}-${time.slice(0, 4)}.kubemend.gz`;
}

function report(data: SnapshotData, { path, size }: { readonly path: string; readonly size: number }): string {
  const { objects, heads, podRows, logs, reads, scope } = data;
  const pods = Math.max(podRows.length, objects.filter(({ kind }) => kind === 'Pod').length);
  const unread = reads.filter(({ outcome }) => isBlind(outcome));
  const denied = unread.filter(({ outcome }) => outcome === 'denied').length;
  const gap = `${unread.length} of ${reads.length} reads gave nothing or not all${denied > 0 ? ` (${denied} denied)` : ''}.`;
  const contents = [
    plural(objects.length + heads.length, 'object'),
    plural(pods, 'pod'),
    plural(logs.length, 'log'),
  ].join(', ');
  return [
    `Wrote ${path} (${sizeText(size)}): ${contents}.`,
    ...(unread.length > 0 ? [`${gap} The diagnosis will say what it could not see; kubemend doctor says why.`] : []),
    'Values of Secrets, tokens and passwords are redacted; names, images and log lines are not. Look before you share it.',
    `Next: kubemend diagnose --from ${path}${scope.namespace === undefined ? '' : ` -n ${scope.namespace}`}`,
    '',
  ].join('\n');
}

const sizeText = (bytes: number): string =>
  bytes < 1024 ** 2 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;

const help = `
Examples:
  kubemend snapshot -n shop -f shop.kubemend.gz   one namespace
  kubemend snapshot -A                            the whole cluster
  kubemend diagnose --from shop.kubemend.gz       anywhere, without the cluster

The file can be read by its owner only. Secrets are redacted before they are written.
Exit status: 0 written, 2 error, 130 interrupted.
`;
