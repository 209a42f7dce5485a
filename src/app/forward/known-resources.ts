import type { ResourceFacts } from '../../forward/resource.ts';
import { MINUTE } from '../../model/duration.ts';
import { asTocsinError } from '../../model/errors.ts';
import { normalizeId, parseResourceId, type Target } from '../../model/target.ts';
import type { Clock, Inventory, Log } from '../../ports.ts';

const FRESH = 15 * MINUTE;
const AFTER_FAILURE = 5 * MINUTE;
/** Senders choose the ids in records: neither what is asked for nor what is kept may grow without end. */
const MOST_PLACES = 200;
const MOST_SPELLINGS = 20_000;

/** Resources of one type in one subscription. */
interface Place {
  readonly subscription: string;
  readonly type: string;
  facts: ReadonlyMap<string, ResourceFacts>;
  /** Epoch ms; asked for before that, it is not read again. */
  nextAt: number;
}

/** A resource and those that it stands in, the nearest first. */
type Lineage = readonly { readonly id: string; readonly place: Place }[];

/**
 * What the inventory says of the resources that records come from. Whoever forwards never waits for it: what is not known yet is noted,
 * and `refresh` reads it in the background. While the inventory cannot be read, what was known stays.
 */
export class KnownResources {
  readonly #inventory: Inventory;
  readonly #subscriptions: ReadonlySet<string>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #places = new Map<string, Place>();
  readonly #lineages = new Map<string, Lineage>();
  readonly #wanted = new Set<Place>();
  #reading: Promise<void> = Promise.resolve();

  /** Of `subscriptions` alone: the app may read no others. */
  constructor(inventory: Inventory, subscriptions: readonly string[], clock: Clock, log: Log) {
    this.#inventory = inventory;
    this.#subscriptions = new Set(subscriptions.map((id) => id.toLowerCase()));
    this.#clock = clock;
    this.#log = log;
  }

  /** What is known of a resource. One that is unknown has region and tags of the nearest resource that it stands in. */
  of(resourceId: string): ResourceFacts | null {
    const now = this.#clock.now();
    for (const [distance, { id, place }] of this.#lineageOf(resourceId).entries()) {
      if (now >= place.nextAt) this.#wanted.add(place);
      const facts = place.facts.get(id);
      if (facts !== undefined) return distance === 0 ? facts : { ...facts, kind: '' };
    }
    return null;
  }

  /** Begins to read what was asked for and is not known, or old. @returns when that is done; it never rejects. */
  refresh(): Promise<void> {
    if (this.#wanted.size === 0) return this.#reading;
    const places = [...this.#wanted];
    this.#wanted.clear();
    for (const place of places) place.nextAt = this.#clock.now() + FRESH;
    this.#reading = Promise.all([this.#reading, ...places.map((place) => this.#read(place))]).then(() => undefined);
    return this.#reading;
  }

  async #read(place: Place): Promise<void> {
    const { type, subscription } = place;
    try {
      const targets = await this.#inventory.targets([{ type, subscriptions: [subscription] }]);
      place.facts = new Map(targets.map((target) => [target.id, factsOf(target)]));
    } catch (thrown) {
      place.nextAt = this.#clock.now() + AFTER_FAILURE;
      this.#log.warn({ type, code: asTocsinError(thrown).code }, 'inventory cannot be read; records go without what it says');
    }
  }

  #lineageOf(resourceId: string): Lineage {
    const known = this.#lineages.get(resourceId);
    if (known !== undefined) return known;
    const lineage: { id: string; place: Place }[] = [];
    for (let id = normalizeId(resourceId); ; id = id.split('/').slice(0, -2).join('/')) {
      const parts = parseResourceId(id);
      if (parts === null) break;
      const place = this.#placeOf(parts.subscriptionId, parts.type);
      if (place !== null) lineage.push({ id, place });
    }
    if (this.#lineages.size < MOST_SPELLINGS) this.#lineages.set(resourceId, lineage);
    return lineage;
  }

  #placeOf(subscription: string, type: string): Place | null {
    if (!this.#subscriptions.has(subscription)) return null;
    const key = `${subscription} ${type}`;
    const known = this.#places.get(key);
    if (known !== undefined || this.#places.size >= MOST_PLACES) return known ?? null;
    const place: Place = { subscription, type, facts: new Map(), nextAt: 0 };
    this.#places.set(key, place);
    return place;
  }
}

function factsOf({ location, kind, tags }: Target): ResourceFacts {
  return { location, kind, tags: new Map(Object.entries(tags).map(([name, value]) => [name.toLowerCase(), value])) };
}
