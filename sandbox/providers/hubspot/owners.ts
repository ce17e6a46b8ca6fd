/** A user of the account to whom records can belong. Its id is another one than the user's. */
export type Owner = {
  id: string;
  userId: number;
  email: string;
  firstName: string;
  lastName: string;
  /** The user was deactivated. */
  archived: boolean;
};

export const builtInOwners: Owner[] = [
  person('50010001', 70010001, 'alex', 'Alex'),
  person('50010002', 70010002, 'kim', 'Kim'),
  { ...person('50010003', 70010003, 'gone', 'Gone'), archived: true },
];

function person(id: string, userId: number, name: string, firstName: string): Owner {
  return { id, userId, email: `${name}@example.com`, firstName, lastName: 'Example', archived: false };
}
