// What does not help is waited for three minutes, and restarts have to stay flat for two: while it waits, the others run.
import './healing-causes.ts';
import './healing-actions.ts';
import './healing-races.ts';
