/** What stands for goods without a picture: the first character of the name, whole. */

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

export function glyph(name) {
  const [first] = graphemes.segment(name.trim());
  return first ? first.segment.toUpperCase() : "?";
}
