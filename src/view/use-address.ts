import { useEffect, useState } from 'preact/hooks';
import { type Address, addressOf, hrefOf } from './address.ts';
import { focusHeading } from './links.ts';

type Go = (address: Address, how?: 'replaced') => void;

/** What is shown, in step with the URL, where there is one. */
export function useAddress(initial: Address, inChat: boolean): readonly [Address, Go] {
  const [address, setAddress] = useState(initial);
  useEffect(() => {
    if (inChat) return undefined;
    const back = () => setAddress(addressOf(location.search));
    addEventListener('popstate', back);
    return () => removeEventListener('popstate', back);
  }, [inChat]);
  return [
    address,
    (next, how) => {
      setAddress(next);
      if (!inChat) history[how === 'replaced' ? 'replaceState' : 'pushState'](null, '', hrefOf(next));
      if (how === undefined && (next.view !== address.view || next.action !== address.action))
        requestAnimationFrame(focusHeading);
    },
  ];
}
