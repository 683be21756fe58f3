// What is done waits for the cluster: meanwhile much is proposed.
import './guards-in-action.ts';
import './guards-proposed.ts';
