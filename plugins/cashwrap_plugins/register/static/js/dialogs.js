/** Every sheet by its name; the one on top is answered first. */

import { Approval, Reason, Suspend } from "./asking.js";
import { DaySheet } from "./day_field.js";
import { Goods, Units } from "./goods_sheet.js";
import { Changes, Help, SaleMore, Why } from "./telling.js";
import { Discount, Note, PriceOverride, QuantitySheet, Seller } from "./line_sheets.js";
import { Meal, Modifiers, Picker } from "./picking.js";
import { Member } from "./member.js";
import { Money, Report } from "./back_office.js";
import { Counting } from "./counting.js";
import { ReturnFreely, ReturnLines } from "./returns.js";
import { Relieve } from "./sign_in.js";
import { WhyReceipt } from "./why_receipt.js";
import { Arrange } from "./arrange.js";
import { KeyIn } from "./settings_form.js";
import { Pairing, RevokeScreen } from "./pairing.js";
import { Offer } from "./offers.js";
import { Weigh } from "./weighing.js";
import { state } from "./store.js";
import { html } from "./ui.js";

const SHEETS = {
  approval: Approval, reason: Reason, suspend: Suspend, changes: Changes, goods: Goods, units: Units,
  help: Help, sale_more: SaleMore, why: Why, discount: Discount, note: Note,
  price: PriceOverride, quantity: QuantitySheet, seller: Seller, meal: Meal,
  modifiers: Modifiers, picker: Picker, member: Member, counting: Counting, money: Money,
  weigh: Weigh, offer: Offer, report: Report, return_lines: ReturnLines, return_free: ReturnFreely,
  relieve: Relieve, why_receipt: WhyReceipt, arrange: Arrange,
  day: DaySheet, key_in: KeyIn, pairing: Pairing, revoke_screen: RevokeScreen,
};

export function Dialogs() {
  return html`${state.dialogs.map(({ id, kind, props, close }) => {
    const Body = SHEETS[kind];
    return html`<${Body} key=${id} ...${props} close=${close} />`;
  })}`;
}
