console.log('Signalbox is ready');

export const port = process.env.PORT; // breaks: no-restricted-properties
