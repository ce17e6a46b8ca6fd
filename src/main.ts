/** The process. An older Node.js is told so before anything that it cannot load is imported. */
const needed = 24;
const running = Number(process.versions.node.split('.')[0]);

if (running < needed) {
  console.error(
    `Signalbox needs Node.js ${needed} or newer; this is ${process.version}. ` +
      '`npm start` brings its own: use that, or install Node.js 24.',
  );
  process.exit(1);
}

const { boot, fail } = await import('./boot.js');
boot().catch(fail);
export {};
