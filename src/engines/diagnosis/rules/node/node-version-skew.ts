import { type Node, refOf } from '../../../objects.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** Kubelets may be this many minor versions older than the API server (version skew policy, 1.28 and later). */
const allowed = 3;

export const nodeVersionSkew = defineRule({
  id: 'node-version-skew',
  title: "A kubelet's version does not go with the API server's",
  area: 'node',
  class: 'risk',
  severity: 'medium',
  meaning:
    'Kubernetes does not support the combination: what works is a matter of luck, and the next upgrade may break it.',
  detection: 'status.nodeInfo.kubeletVersion is newer than the API server, or more than three minor versions older.',
  remedies: ['Upgrade the API server first, then the nodes, one minor version after the other.'],
  avoid: ['upgrading the control plane further before the nodes have followed'],

  check: (snapshot) => {
    const server = versionOf(snapshot.data.version);
    if (server === undefined) return [];
    return snapshot.all('Node').flatMap((node) => findingOf(node, server, snapshot.data.version ?? ''));
  },
});

interface Version {
  readonly major: number;
  readonly minor: number;
}

function versionOf(text: string | undefined): Version | undefined {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(text ?? '') ?? [];
  return minor === undefined ? undefined : { major: Number(major), minor: Number(minor) };
}

function findingOf(node: Node, server: Version, said: string): readonly Finding[] {
  const kubelet = versionOf(node.status?.nodeInfo?.kubeletVersion);
  if (kubelet === undefined || kubelet.major !== server.major) return [];
  const behind = server.minor - kubelet.minor;
  if (behind >= 0 && behind <= allowed) return [];
  const subject = refOf(node);
  const version = node.status?.nodeInfo?.kubeletVersion ?? '';
  return [
    {
      subject,
      problem:
        behind < 0
          ? `runs kubelet ${version}, newer than the API server (${said})`
          : `runs kubelet ${version}, ${behind} minor versions older than the API server (${said}; ${allowed} are supported)`,
      certainty: 'declared',
      evidence: [{ object: subject, source: 'status', text: `status.nodeInfo.kubeletVersion is ${version}` }],
      fixes: [
        behind < 0
          ? { advice: 'upgrade the API server, or go back with the kubelet', reason: 'no kubelet may be newer' }
          : { advice: `upgrade the kubelet of ${node.metadata.name}`, reason: 'it is too old for the API server' },
      ],
    },
  ];
}
