console.log(process.env.PORT, undeclared); // breaks: no-undef
