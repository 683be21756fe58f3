/** Follows a link within the page; with a key for a new tab the browser does what it always does. */
export const followed = (go: () => void) => (event: MouseEvent) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  go();
};

/** Where reading begins; whoever does not see the page is told what it is about. */
export const focusHeading = (): void => document.querySelector<HTMLElement>('h1')?.focus();
