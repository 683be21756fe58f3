import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import Slugger from 'github-slugger';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const pages = globSync(['*.md', '{docs,bench,k8s,tests,demo}/**/*.md', '.github/**/*.md'], { cwd: root });

/** The text of a page, without what stands in it as code. */
const proseOf = (page: string): string =>
  readFileSync(join(root, page), 'utf8')
    .replaceAll(/^( *)(```|~~~)[^]*?^\1\2$/gm, '')
    .replaceAll(/<!--[^]*?-->/g, '');

const linksOf = (page: string): readonly string[] => {
  const text = proseOf(page).replaceAll(/`[^`\n]*`/g, '');
  const inline = [...text.matchAll(/\]\(([^()\s]+(?:\([^()]*\))?)(?: "[^"]*")?\)/g)];
  const named = [...text.matchAll(/^\[[^\]]+\]: (\S+)$/gm)];
  return [...inline, ...named].flatMap(([, target]) => target ?? []);
};

/** As GitHub names headings. */
function anchorsOf(page: string): ReadonlySet<string> {
  const slugger = new Slugger();
  const headings = [...proseOf(page).matchAll(/^#{1,6} +(.+?)(?: +#+)?$/gm)];
  return new Set(
    headings.map(([, title = '']) =>
      slugger.slug(title.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '')),
    ),
  );
}

/** The pages that a link shows: one, or those of a folder. */
function reachedBy(page: string, link: string): readonly string[] {
  const target = relative(root, join(root, dirname(page), link.split('#')[0] ?? ''));
  return pages.filter((each) => each === target || dirname(each) === target);
}

/** What is wrong with a link; `undefined` when nothing is. */
function faultOf(page: string, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) {
    const sound = URL.canParse(link) && (link.startsWith('https://') || link.startsWith('mailto:'));
    return sound ? undefined : `${page}: ${link} is no https address`;
  }
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : relative(root, join(root, dirname(page), decodeURI(path)));
  if (target.startsWith('..') || !existsSync(join(root, target))) return `${page}: there is no ${link}`;
  if (anchor === undefined) return undefined;
  const known = statSync(join(root, target)).isFile() && target.endsWith('.md') && anchorsOf(target).has(anchor);
  return known ? undefined : `${page}: ${link} names no heading`;
}

describe('links between pages', () => {
  it('lead to files and headings that are there, or to whole https addresses', () => {
    const links = pages.flatMap((page) => linksOf(page).map((link) => [page, link] as const));

    expect(links.length).toBeGreaterThan(300);
    expect(links.flatMap(([page, link]) => faultOf(page, link) ?? [])).toEqual([]);
  });

  it('are found out when they lead nowhere', () => {
    const wrong = ['docs/no-such-page.md', 'docs/service.md#no-such-heading', '#no-such-heading', 'http://example.com'];

    expect(wrong.map((link) => faultOf('README.md', link))).not.toContain(undefined);
  });

  it('reach every page of docs from the first', () => {
    const reached = new Set(['README.md']);
    for (const page of reached) {
      for (const link of linksOf(page)) for (const next of reachedBy(page, link)) reached.add(next);
    }

    // Each alert leads to its runbook.
    const apart = pages.filter((page) => /^docs\/(?!runbooks\/)/.test(page) && !reached.has(page));
    expect(apart).toEqual([]);
  });
});
