import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import rhea, { type EventContext, type Message, type Receiver, type Sender } from 'rhea';
import { TocsinError } from '../../model/errors.ts';
import type { HubEntity } from './entity.ts';
import { acceptToken, describe, notFound } from './management.ts';
import { unpack } from './message.ts';
import type { Receivers } from './receivers.ts';

/** As the service advertises it; the clients fill batches up to it. */
const MAX_MESSAGE_SIZE = 1024 * 1024;
const PARTITION = /^([^/]+)(?:\/Partitions\/([^/]+))?$/i;
const CONSUMER = /^([^/]+)\/ConsumerGroups\/([^/]+)\/Partitions\/([^/]+)$/i;

export interface AmqpServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on loopback and speaks what the Event Hubs clients need of AMQP 1.0. */
export async function listen(port: number, hub: (name: string) => HubEntity | null, receivers: Receivers): Promise<AmqpServer> {
  const container = rhea.create_container();
  const server: Server = container.listen({
    port,
    host: '127.0.0.1',
    max_frame_size: 65_536,
    channel_max: 4_999,
    // Azure says 240 s. On loopback a peer that is gone is seen gone, and rhea would keep the process alive with a timer of twice that.
    idle_time_out: 0,
    tcp_no_delay: true,
    reconnect: false,
    receiver_options: { autoaccept: false, max_message_size: MAX_MESSAGE_SIZE },
    sender_options: { max_message_size: MAX_MESSAGE_SIZE },
  } as Parameters<typeof container.listen>[0]);
  const sockets = openSockets(server);

  container.on('sender_open', ({ sender }: EventContext) => serveReader(sender as Sender, hub, receivers));
  container.on('receiver_open', ({ receiver }: EventContext) => serveWriter(receiver as Receiver, hub));
  container.on('message', (context: EventContext) => {
    const address = addressOf(context.receiver?.target);
    if (address === '$cbs') reply(context, acceptToken(context.message as Message));
    else if (address === '$management') reply(context, describe(context.message as Message, hub));
    else take(context, address, hub);
  });
  container.on('session_close', ({ session }: EventContext) => receivers.leave((sender) => sender.session === session));
  container.on('disconnected', ({ connection }: EventContext) => receivers.leave((sender) => sender.connection === connection));
  // A client that goes away is no failure of the hub, and rhea throws what nobody listens to.
  for (const event of ['error', 'connection_error', 'protocol_error', 'session_error']) {
    container.on(event, () => undefined);
  }

  await listening(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function listening(server: Server, port: number): Promise<void> {
  try {
    await once(server, 'listening');
  } catch (thrown) {
    throw new TocsinError('TCN-L001', `Event Hubs stand-in, port ${port}`, { cause: thrown });
  }
}

function openSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return sockets;
}

function serveReader(sender: Sender, hub: (name: string) => HubEntity | null, receivers: Receivers): void {
  const address = addressOf(sender.source);
  sender.set_source({ address });
  sender.set_target({ address: addressOf(sender.target) });
  if (address.startsWith('$')) return;
  const [, name, group, id] = CONSUMER.exec(address) ?? [];
  const entity = name === undefined ? null : hub(name);
  const partition = entity?.partition(id ?? '') ?? null;
  if (entity === null || partition === null || group === undefined) {
    sender.close(notFound(address));
    return;
  }
  receivers.attach(entity, group, partition, sender);
}

function serveWriter(receiver: Receiver, hub: (name: string) => HubEntity | null): void {
  const address = addressOf(receiver.target);
  receiver.set_source({ address: addressOf(receiver.source) });
  receiver.set_target({ address });
  if (address.startsWith('$')) return;
  const [, name, id] = PARTITION.exec(address) ?? [];
  const entity = name === undefined ? null : hub(name);
  if (entity !== null && (id === undefined || entity.partition(id) !== null)) return;
  receiver.close(notFound(address));
}

function take(context: EventContext, address: string, hub: (name: string) => HubEntity | null): void {
  const [, name, id] = PARTITION.exec(address) ?? [];
  const entity = name === undefined ? null : hub(name);
  if (entity === null) {
    context.delivery?.reject(notFound(address));
    return;
  }
  const { messages, key } = unpack(context.message as Message | Buffer, (context as { format?: number }).format);
  const partition = (id === undefined ? null : entity.partition(id)) ?? entity.choose(key);
  entity.store(partition, messages, key);
  context.delivery?.accept();
}

/** Answers on the link that the request names for replies: by the address of its target, or, as for tokens, by its name. */
function reply({ connection, message, delivery }: EventContext, answer: object): void {
  delivery?.accept();
  const to = (message as Message).reply_to as string;
  const link: Sender | undefined = connection.find_sender((one: Sender) => one.name === to || addressOf(one.target) === to);
  link?.send(answer as Message);
}

function addressOf(terminus: { readonly address?: string } | null | undefined): string {
  return terminus?.address ?? '';
}
