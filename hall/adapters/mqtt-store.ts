import { Store } from 'mqtt';

type Put = Parameters<Store['put']>;
type Del = Parameters<Store['del']>;
type Get = Parameters<Store['get']>;

/**
 * A message store for mqtt.js that keeps nothing, so that a reconnect replays nothing: what is sent again, and until
 * when, is decided by the device port alone. A kept unlock would leave the moment the broker is back, however late [HT12].
 */
export class ForgetfulStore extends Store {
  override put(...[, done]: Put): this {
    done();
    return this;
  }

  override del(...[packet, done]: Del): this {
    done(undefined, packet as Parameters<Del[1]>[1]);
    return this;
  }

  override get(...[packet, done]: Get): this {
    done(undefined, packet as Parameters<Get[1]>[1]);
    return this;
  }
}
