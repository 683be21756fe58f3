/** Stands for the generated API classes of the Kubernetes client in the bundle: kubemend asks the API server itself. */
function unused(): never {
  throw new Error('kubemend makes its own requests');
}

export { unused as createConfiguration, unused as ServerConfiguration };
