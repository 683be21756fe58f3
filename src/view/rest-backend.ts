import { type Answer, type Backend, type Failure, noAnswer, type PlanRef, type Session } from './backend.ts';

/** Only scripts of this origin can send it; without it a cookie counts for nothing. */
const own = { 'X-Kubemend-Console': '1' };

/** The tools over REST. Paths are relative, so that a proxy may serve them under a prefix. */
export function restBackend(): Backend {
  const post = <Data>(path: string, body: object): Promise<Answer<Data>> =>
    answered(path, {
      method: 'POST',
      headers: { ...own, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  return {
    call: (tool, args) => post(`api/v1/tools/${tool}`, args),
    async offers() {
      const answer = await answered<{ tools: readonly { name: string }[] }>('api/v1/tools', { headers: own });
      const names = new Set('tools' in answer ? answer.tools.map(({ name }) => name) : []);
      return (tool) => names.has(tool);
    },
    async session() {
      const answer = await answered<Session>('ui/session', { headers: own });
      return 'sign_in' in answer ? answer : { sign_in: 'unneeded', notice: answer };
    },
    async approve(plan: PlanRef): Promise<Failure | undefined> {
      const answer = await post<{ location: string }>('ui/approve', plan);
      if (!answer.success) return answer;
      location.assign(answer.location);
      return undefined;
    },
    decline: (plan) => post('ui/decline', plan),
    async signOut() {
      await post('ui/logout', {});
      location.reload();
    },
  };
}

async function answered<Data>(path: string, request: RequestInit): Promise<Answer<Data>> {
  try {
    const response = await fetch(path, request);
    return await response.json();
  } catch {
    // Cut off, or no JSON: something in between answered, or nobody.
    return noAnswer('Look whether it runs and can be reached, then try again.');
  }
}
