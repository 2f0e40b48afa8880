/** A list of which only what is seen is drawn, once it is long; it scrolls and is read as a whole. */

import { Component } from "../vendor/preact.js";
import { html } from "./ui.js";

const SHORT = 60; // so many are simply drawn
const ROW_PX = 62; // a row that was not drawn yet
const OVER_PX = 900; // drawn beyond both ends of what is seen, for a finger that strokes fast

/** `rows` are `{key, draw(about)}`; `about` belongs on the row's `<li>`. `at` is the key to show. */
export class LongList extends Component {
  constructor(props) {
    super(props);
    this.heights = new Map();
    this.state = { top: 0, seen: 800 };
  }

  componentDidMount() {
    this.sized = new ResizeObserver(() => this.setState({ seen: this.list.clientHeight }));
    this.sized.observe(this.list);
    this.measure();
    this.follow();
  }

  componentDidUpdate(before) {
    this.measure();
    if (before.at !== this.props.at || before.rows !== this.props.rows) this.follow();
  }

  componentWillUnmount() {
    this.sized.disconnect();
  }

  /** Keep how high the drawn rows are; draw again where one is not as high as was thought. */
  measure() {
    if (this.props.rows.length <= SHORT) return;
    let wrong = false;
    for (const row of this.list.querySelectorAll("[data-row]")) {
      const height = row.offsetHeight;
      wrong ||= height !== (this.heights.get(row.dataset.row) ?? ROW_PX);
      this.heights.set(row.dataset.row, height);
    }
    if (wrong) this.setState({});
  }

  /** Bring the row to what is seen, in as small a step as shows all of it. */
  follow() {
    const { rows, at } = this.props;
    const place = rows.findIndex((row) => row.key === at);
    if (place < 0) return;
    const drawn = this.list.querySelector(`[data-row="${at}"]`);
    if (drawn) return drawn.scrollIntoView({ block: "nearest" });
    const { tops } = this.window();
    this.list.scrollTop = Math.max(0, tops[place] - this.list.clientHeight / 2);
    this.scrolled();
  }

  /** The tops of all rows, and which of them are to be drawn. */
  window() {
    const { rows } = this.props;
    const tops = new Float64Array(rows.length + 1);
    rows.forEach((row, at) => (tops[at + 1] = tops[at] + (this.heights.get(`${row.key}`) ?? ROW_PX)));
    const { top, seen } = this.state;
    let first = 0;
    while (first < rows.length && tops[first + 1] < top - OVER_PX) first += 1;
    let last = first;
    while (last < rows.length && tops[last] < top + seen + OVER_PX) last += 1;
    return { tops, first, last };
  }

  scrolled() {
    const top = this.list.scrollTop;
    if (Math.abs(top - this.state.top) > OVER_PX / 3) this.setState({ top });
  }

  render({ rows, label, kind, children }) {
    const whole = rows.length <= SHORT;
    const { tops, first, last } = whole ? { first: 0, last: rows.length } : this.window();
    const gap = (px) => px > 0 && html`<li class="gap" role="presentation" style=${{ height: `${px}px` }} />`;
    return html`<ol class=${kind} aria-label=${label} ref=${(list) => (this.list = list || this.list)}
      onScroll=${() => !whole && this.scrolled()}>
      ${children}
      ${!whole && gap(tops[first])}
      ${rows.slice(first, last).map((row, at) => row.draw({ "data-row": row.key,
        "aria-setsize": rows.length, "aria-posinset": first + at + 1 }))}
      ${!whole && gap(tops[rows.length] - tops[last])}
    </ol>`;
  }
}
