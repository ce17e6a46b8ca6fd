/** The number of the account. */
export const PORTAL_ID = 4_010_001;
