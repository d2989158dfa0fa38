/**
 * A fact about a part of the deployment that is worked out when it is first asked for and kept as long as the part lives: many routes lead to
 * one server, many rules ask the same of it, and in an editor most parts outlive many runs. `work` may depend on the part alone, which
 * never changes; so nobody can tell the answer from one that is worked out each time.
 */
export function oncePer<Part extends object, Fact>(work: (part: Part) => Fact): (part: Part) => Fact {
  const known = new WeakMap<Part, { readonly fact: Fact }>();
  return part => {
    let one = known.get(part);
    if (!one) {
      one = { fact: work(part) };
      known.set(part, one);
    }
    return one.fact;
  };
}
