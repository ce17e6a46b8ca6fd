import pg from 'pg';

const login = 'signalbox_application';

/**
 * Gives the application a role of its own: it owns nothing, and so cannot change what the audit log holds. Made with
 * the owner's rights after the migrations.
 * @param ownerUrl the database as its owner
 * @param password of the role
 * @returns the URL by which the application connects
 */
export async function applicationRoleUrl(ownerUrl: string, password: string): Promise<string> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const secret = client.escapeLiteral(password);
    const { rowCount } = await client.query(`select from pg_roles where rolname = $1`, [login]);
    if (rowCount === 0) await client.query(`create role ${login} login password ${secret}`);
    else await client.query(`alter role ${login} password ${secret}`);
    await client.query(`grant signalbox_app to ${login}`);
  } finally {
    await client.end();
  }
  const url = new URL(ownerUrl);
  url.username = login;
  url.password = encodeURIComponent(password);
  return url.toString();
}
