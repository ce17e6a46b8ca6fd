import { Random } from './random.ts';

/** One form submission as its sender knows it. */
export interface Submission {
  /** The sender's id for it: the same over all tries. */
  readonly id: string;
  readonly email: string;
  /** ISO 8601: when the person submitted it. */
  readonly submittedAt: string;
  /** The form's fields. */
  readonly data: Readonly<Record<string, string | boolean>>;
}

interface Place {
  readonly language: string;
  readonly country: string;
  readonly first: readonly string[];
  readonly last: readonly string[];
  readonly messages: readonly string[];
}

const places: readonly Place[] = [
  {
    language: 'en',
    country: 'United States',
    first: ['Alice', 'Noah', 'Grace', 'Owen', 'Ruth', 'Miles'],
    last: ['Parker', 'Bennett', 'Hughes', 'Walsh', 'Sinclair', 'Osborne'],
    messages: [
      'Could you send me a quote for 40 seats',
      'We would like a demo next week',
      'Does it work with our phones',
    ],
  },
  {
    language: 'de',
    country: 'Germany',
    first: ['Jürgen', 'Annika', 'Matthias', 'Käthe', 'Lukas'],
    last: ['Müller', 'Schäfer', 'Brandt', 'Großmann', 'Vogel'],
    messages: ['Wir brauchen ein Angebot für unser Büro in Köln', 'Bitte rufen Sie mich zurück'],
  },
  {
    language: 'fr',
    country: 'France',
    first: ['Élodie', 'Benoît', 'Chloé', 'Théo'],
    last: ['Lefèvre', 'Moreau', 'Garçon', 'Dubois'],
    messages: ['Pouvez-vous nous envoyer un devis', 'Nous aimerions une démonstration à Lyon'],
  },
  {
    language: 'es',
    country: 'Spain',
    first: ['Íñigo', 'Lucía', 'Andrés', 'María'],
    last: ['Núñez', 'Ibáñez', 'Castillo', 'Peña'],
    messages: ['¿Pueden llamarme mañana por la mañana?', 'Quisiera conocer los precios'],
  },
  {
    language: 'pl',
    country: 'Poland',
    first: ['Łukasz', 'Zofia', 'Grażyna'],
    last: ['Wójcik', 'Kowalska', 'Żak'],
    messages: ['Proszę o ofertę dla dwudziestu osób', 'Kiedy możemy zobaczyć prezentację'],
  },
  {
    language: 'ja',
    country: 'Japan',
    first: ['葵', '健太'],
    last: ['佐藤', '鈴木'],
    messages: ['見積もりをお願いします', '来週のデモは可能ですか'],
  },
];

const companies = ['Northwind Traders', 'Brightwater GmbH', 'Café Soleil', 'Łódź Logistics', 'Acme & Sons'];
const campaigns = ['spring-webinar', 'newsletter', 'partner', ''];

/**
 * Submissions of invented people (example.com and example.org, +1 555 numbers), each of another one. Every message is
 * unlike all others, so that it tells which submission a contact was written by.
 */
export function submissions(seed: number, count: number): Submission[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, index) =>
    submissionOf(personOf(random, index), `${seed.toString(36)}-${index + 1}`, random),
  );
}

/** One more submission, a later one, of somebody who wrote before. */
export function followUp({ id, data, submittedAt }: Submission, random: Random): Submission {
  const again = submissionOf(data, `${id.replace('msg_', '')}-again-${random.whole(2 ** 20)}`, random);
  const notBefore = Date.parse(submittedAt) + 1;
  return {
    ...again,
    submittedAt: new Date(Math.max(notBefore, Date.parse(again.submittedAt))).toISOString(),
  };
}

function submissionOf(person: Submission['data'], name: string, random: Random): Submission {
  const { messages } = places.find(({ language }) => language === person['language']) ?? places[0]!;
  return {
    id: `msg_${name}`,
    email: String(person['email']),
    submittedAt: new Date().toISOString(),
    data: {
      ...person,
      message: `${random.pick(messages)} (${name})`,
      utm_campaign: random.pick(campaigns),
    },
  };
}

function personOf(random: Random, index: number): Record<string, string | boolean> {
  const place = random.pick(places);
  const first = random.pick(place.first);
  const last = random.pick(place.last);
  const local = `${ascii(first)}.${ascii(last)}.${index + 1}`.replace(/^\.+/, 'lead');
  return {
    email: `${local}@${random.pick(['example.com', 'example.org'])}`,
    first_name: first,
    last_name: last,
    language: place.language,
    country: place.country,
    utm_source: random.pick(['website', 'fair', 'search']),
    consent_marketing: random.chance(0.5),
    ...(random.chance(0.7) && { phone: `+1 555 01${pad(random.whole(100))} ${pad(random.whole(100))}` }),
    ...(random.chance(0.6) && { company: random.pick(companies) }),
  };
}

function ascii(name: string): string {
  const plain = name.replace(/ß/g, 'ss').replace(/[łŁ]/g, 'l').normalize('NFD');
  return plain.replace(/[^A-Za-z]/g, '').toLowerCase();
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
