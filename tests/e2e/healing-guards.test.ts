import './guards-proposed.ts';
