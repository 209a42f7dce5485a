/** What somebody may do: look; act on alerts and silences; also what outlasts an incident, and read who did what. */
export type Role = 'reader' | 'responder' | 'admin';

/** Who does something, and how that is known. */
export interface Actor {
  /** A person's sign-in name, the name of an API key, the receiver that a link was sent to. */
  readonly name: string;
  readonly via: 'sign-in' | 'api key' | 'signed link' | 'open access';
  readonly role: Role;
}

const RANK: Readonly<Record<Role, number>> = { reader: 0, responder: 1, admin: 2 };

export function hasRole(actor: Pick<Actor, 'role'>, needed: Role): boolean {
  return RANK[actor.role] >= RANK[needed];
}

/** The highest of the roles; `null` for none. */
export function highestRole(roles: readonly Role[]): Role | null {
  return roles.toSorted((a, b) => RANK[b] - RANK[a])[0] ?? null;
}
