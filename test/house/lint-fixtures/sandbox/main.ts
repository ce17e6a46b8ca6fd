export const port = process.env.SANDBOX_PORT;

export enum State { // breaks: no-restricted-syntax
  Open,
}

export class Portal {
  constructor(readonly id: string) {} // breaks: no-restricted-syntax
}
