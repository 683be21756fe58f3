import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** A place that says which version this is. */
export interface Stated {
  readonly where: string;
  readonly version: string;
}

/** @param root the folder of the checkout */
export function statedVersions(root: string): readonly Stated[] {
  const text = (file: string): string => readFileSync(join(root, file), 'utf8');
  const json = (file: string) => JSON.parse(text(file));
  const server = json('server.json');
  const charts = globSync('k8s/helm/*/Chart.yaml', { cwd: root });
  const manifests = globSync('k8s/{base,overlays}/**/*.yaml', { cwd: root });
  return [
    { where: 'package.json', version: json('package.json').version },
    { where: 'package-lock.json', version: json('package-lock.json').packages[''].version },
    { where: 'server.json', version: server.version },
    ...server.packages.map((each: { version: string }) => ({ where: 'server.json packages', version: each.version })),
    { where: 'mcpb/manifest.json', version: json('mcpb/manifest.json').version },
    ...charts.flatMap((file) => {
      const { version, appVersion } = parse(text(file));
      return [
        { where: `${file} version`, version },
        { where: `${file} appVersion`, version: appVersion },
      ];
    }),
    ...manifests.flatMap((file) =>
      [...text(file).matchAll(/image: ghcr\.io\/kubemend\/kubemend:(\S+)/g)].map(([, version = '']) => ({
        where: `${file} image`,
        version,
      })),
    ),
  ];
}

export interface Notes {
  /** The version, or `Unreleased`. */
  readonly version: string;
  readonly date: string | undefined;
  readonly text: string;
}

/** What CHANGELOG.md says of each version, newest first. */
export const notesOf = (changelog: string): readonly Notes[] =>
  changelog
    .split(/^## (?=\[)/m)
    .slice(1)
    .map((section) => {
      const [, version = '', date] = /^\[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?/.exec(section) ?? [];
      return { version, date, text: section.slice(section.indexOf('\n') + 1).trim() };
    });

export interface Checkout {
  readonly root: string;
  readonly changelog: string;
  readonly upgrading: string;
  /** `v1.2.3`, where something is to be released. */
  readonly tag?: string | undefined;
}

/** What keeps this checkout from being released; of one without a tag, what does not agree. */
export function problemsOf({ root, changelog, upgrading, tag }: Checkout): readonly string[] {
  const [first, ...others] = statedVersions(root);
  const version = first?.version ?? '';
  const [newest] = notesOf(changelog);
  const known = newest?.version === version || (newest?.version === 'Unreleased' && tag === undefined);
  return [
    ...others
      .filter((stated) => stated.version !== version)
      .map((stated) => `${stated.where} says ${stated.version}, package.json ${version}`),
    ...(tag === undefined || tag === `v${version}` ? [] : [`the tag ${tag} is not v${version}`]),
    ...(known ? [] : [`CHANGELOG.md begins with ${newest?.version ?? 'nothing'}, not with ${version}`]),
    ...(tag === undefined || newest?.date !== undefined ? [] : [`CHANGELOG.md gives ${version} no date`]),
    ...(upgrading.includes(`\n### ${version}\n`) ? [] : [`docs/upgrading.md has no notes for ${version}`]),
  ];
}
