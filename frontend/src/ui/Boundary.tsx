import { Component, type ComponentChildren } from "preact";

import { Broken } from "./Broken.tsx";

interface State {
  readonly error?: unknown;
}

/** A page that cannot be shown says so, rather than standing still. */
export class Boundary extends Component<{ readonly children: ComponentChildren }, State> {
  override state: State = {};

  override componentDidCatch(error: unknown): void {
    reportError(error); // into the console, with its trace
    this.setState({ error });
  }

  override render() {
    const { error } = this.state;
    return error === undefined ? this.props.children : <Broken cause={error} isRunning />;
  }
}
