/** Stands for `debug` in the bundle: with `DEBUG=*` the Redis client would print the password that it sends. */
const silent = Object.assign(() => {}, { enabled: false });

// oxlint-disable-next-line import/no-default-export -- it is what `debug` exports
export default () => silent;
