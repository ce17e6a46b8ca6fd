export const startedAt = Date.now(); // breaks: no-restricted-syntax
