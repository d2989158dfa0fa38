/**
 * A fact about a part of the deployment that is worked out when it is first asked for and kept as long as the part lives: many routes lead to
 * one server, many rules ask the same of it, and in an editor most parts outlive many runs. `work` may depend on the part alone, which
 * never changes; so nobody can tell the answer from one that is worked out each time.
 */
export function oncePer<Part extends object, Fact>(work: (part: Part) => Fact): (part: Part) => Fact {
  // Kept in a private field of the part, which no copy, comparison or list of fields shows. From a WeakMap that has grown old V8's collector of
  // young objects drops nothing: in an editor the facts of every key, and with them all that they lead to, would live on.
  class Fact_ extends Given {
    readonly #fact: Fact;

    constructor(part: object, fact: Fact) {
      super(part);
      this.#fact = fact;
    }

    static of(part: Part): Fact {
      if (!(#fact in part)) new Fact_(part, work(part));
      return (part as unknown as Fact_).#fact;
    }
  }
  return Fact_.of;
}

/** What is made of this class is the object that it is given. */
class Given {
  constructor(part: object) {
    // biome-ignore lint/correctness/noConstructorReturn: fields of classes that extend it are added to this object.
    return part;
  }
}
