import { Big } from "big.js";
import { z } from "zod";

/** An exact amount. Never a JavaScript number: 0.1 + 0.2 is 0.3 here. */
export class Money {
  readonly #value: Big;

  private constructor(value: Big) {
    this.#value = value;
  }

  /** @param text a decimal string such as "1234.50" or "-3" */
  static of(text: string): Money {
    return new Money(new Big(text));
  }

  plus(other: Money): Money {
    return new Money(this.#value.plus(other.#value));
  }

  minus(other: Money): Money {
    return new Money(this.#value.minus(other.#value));
  }

  times(factor: Money | string): Money {
    return new Money(this.#value.times(factor instanceof Money ? factor.#value : factor));
  }

  eq(other: Money): boolean {
    return this.#value.eq(other.#value);
  }

  /** -1, 0 or 1. */
  cmp(other: Money): -1 | 0 | 1 {
    return this.#value.cmp(other.#value);
  }

  abs(): Money {
    return new Money(this.#value.abs());
  }

  /** Half away from zero, as invoices round. */
  round(decimals = 2): Money {
    return new Money(this.#value.round(decimals, 1));
  }

  /** At least two decimals, more where they are there: "300.00", "0.125". */
  toString(): string {
    const exact = this.#value.toFixed();
    const decimals = exact.split(".")[1]?.length ?? 0;
    return decimals < 2 ? this.#value.toFixed(2) : exact;
  }

  toJSON(): string {
    return this.toString();
  }
}

const printed = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/, "a decimal number such as 1234.50")
  .meta({ weir: "money" });

/** A money field: a decimal string in state and results, exact Money in rules. */
export function money() {
  return z.codec(
    printed,
    z.custom<Money>((value) => value instanceof Money),
    {
      decode: (text) => Money.of(text),
      encode: (amount) => amount.toString(),
    },
  );
}
