const OLDEST_NODE = 24;

/**
 * Ends the process with a message when this Node is too old for Signalbox.
 * The one that npm installs beside the packages is found by npm's scripts.
 * @param {string} command what to run instead
 */
export function requireNode(command) {
  if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE) return;
  console.error(
    `Signalbox needs Node ${OLDEST_NODE} or newer, and this is ${process.version}. ` +
      `Run \`${command}\`, which brings its own, or install Node ${OLDEST_NODE} where npm has none for ${process.platform}-${process.arch}.`,
  );
  process.exit(1);
}
