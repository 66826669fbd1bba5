import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { generate, parser } from 'mqtt-packet';
import type { IConnectPacket, IPublishPacket, Packet } from 'mqtt-packet';
import type { Identity } from './mosquitto.ts';

/** An MQTT 3.1.1 client that answers nothing by itself: each packet of a handshake is sent, or not, by the test. */
export interface RawMqtt {
  readonly socket: Socket;
  /** Everything received, in order. */
  readonly packets: Packet[];
  messages(): IPublishPacket[];
  send(packet: Packet): void;
  /** Called for each packet from now on. */
  onPacket(act: (packet: Packet) => void): void;
}

/** Connects with a session that is kept, and sends CONNECT; the CONNACK is the first of `packets`. */
export function openRaw(
  port: number,
  { id, secret = '' }: Identity,
  more: Partial<IConnectPacket> = {},
): RawMqtt {
  const socket = createConnection({ host: '127.0.0.1', port, noDelay: true });
  socket.on('error', () => undefined);
  const packets: Packet[] = [];
  const acts: ((packet: Packet) => void)[] = [];
  const reader = parser();
  reader.on('packet', (packet: Packet) => {
    packets.push(packet);
    for (const act of acts) act(packet);
  });
  socket.on('data', (bytes: Buffer) => {
    reader.parse(bytes);
  });
  const send = (packet: Packet): void => {
    socket.write(generate(packet));
  };
  send({
    ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: false, keepalive: 60 },
    ...{ clientId: id, username: id, password: Buffer.from(secret) },
    ...more,
  });
  return {
    ...{ socket, packets, send },
    messages: () => packets.filter((packet) => packet.cmd === 'publish'),
    onPacket: (act) => {
      acts.push(act);
    },
  };
}
