/** One input of a batch can't be written; the others can. */
export class ItemRefused extends Error {}
