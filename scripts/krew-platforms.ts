/** What the archives are made for, in krew's words by those of Node. krew on Windows wants an .exe, which we have not. */
export const operatingSystems: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin' };
export const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** @throws Error for a platform that there is no archive for */
export function archiveName(platform: string, arch: string): string {
  const [os, architecture] = [operatingSystems[platform], architectures[arch]];
  if (os === undefined || architecture === undefined) throw new Error(`There is no archive for ${platform} ${arch}.`);
  return `kubectl-mend-${os}-${architecture}.tar.gz`;
}
