console.log('embedded profile', process.env.SIGNALBOX_DATA_DIR);
