import { kinds } from './kinds.ts';
import type { Kind } from './kinds.ts';

export type ObjectRef = { kind: Kind; id: string };

/** One direction of an association; its other direction is kept with it. */
export type Link = { from: ObjectRef; to: ObjectRef; typeId: number };

type Pair = { from: Kind; to: Kind; typeId: number; inverse: number };

/** HubSpot's own types (https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide). */
const PAIRS: Pair[] = [
  { from: 'deals', to: 'contacts', typeId: 3, inverse: 4 },
  { from: 'tickets', to: 'contacts', typeId: 16, inverse: 15 },
  { from: 'deals', to: 'tickets', typeId: 27, inverse: 28 },
  { from: 'notes', to: 'contacts', typeId: 202, inverse: 201 },
  { from: 'tasks', to: 'contacts', typeId: 204, inverse: 203 },
  { from: 'notes', to: 'deals', typeId: 214, inverse: 213 },
  { from: 'tasks', to: 'deals', typeId: 216, inverse: 215 },
  { from: 'notes', to: 'tickets', typeId: 228, inverse: 227 },
  { from: 'tasks', to: 'tickets', typeId: 230, inverse: 229 },
];

const TYPES: Pair[] = PAIRS.flatMap((pair) => [
  pair,
  { from: pair.to, to: pair.from, typeId: pair.inverse, inverse: pair.typeId },
]);

/** The kind that a type leads to from another; undefined when there is no such type. */
export const targetOf = (from: Kind, typeId: number): Kind | undefined =>
  TYPES.find((type) => type.from === from && type.typeId === typeId)?.to;

/** `deal_to_contact` */
export const nameBetween = (from: Kind, to: Kind): string => `${singular(from)}_to_${singular(to)}`;

/** Which objects belong together. */
export class Associations {
  private readonly links = new Map<string, Map<string, Link>>();

  add(link: Link): void {
    this.put(link);
    this.put(reversed(link));
  }

  remove(link: Link): void {
    this.links.get(nameOf(link.from))?.delete(nameOf(link.to));
    this.links.get(nameOf(link.to))?.delete(nameOf(link.from));
  }

  /** Of one object to those of a kind, in the order in which they were made. */
  of(from: ObjectRef, to: Kind): Link[] {
    return [...(this.links.get(nameOf(from))?.values() ?? [])].filter((link) => link.to.kind === to);
  }

  /** The objects of every kind, and how they were named when the association was made. */
  *all(): Generator<Link> {
    for (const links of this.links.values())
      for (const link of links.values()) if (PAIRS.some(({ typeId }) => typeId === link.typeId)) yield link;
  }

  clear(): void {
    this.links.clear();
  }

  private put(link: Link): void {
    const from = nameOf(link.from);
    let links = this.links.get(from);
    if (!links) this.links.set(from, (links = new Map<string, Link>()));
    links.set(nameOf(link.to), link);
  }
}

const nameOf = ({ kind, id }: ObjectRef): string => `${kind}/${id}`;

const singular = (kind: Kind): string => kinds.find((facts) => facts.kind === kind)?.singular ?? kind;

function reversed({ from, to, typeId }: Link): Link {
  const inverse = TYPES.find((type) => type.from === from.kind && type.typeId === typeId)?.inverse ?? typeId;
  return { from: to, to: from, typeId: inverse };
}
