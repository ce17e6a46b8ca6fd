/** The address at which this installation is reached from outside, without a slash at its end. */
export const PUBLIC_URL = Symbol('PublicUrl');
