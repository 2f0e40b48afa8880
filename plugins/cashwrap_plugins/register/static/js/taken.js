/** What the customer really gave, or got back: cash with its rounding. */
export function taken(sale) {
  const rounded = sale.payments.filter((one) => one.state === "approved")
    .reduce((sum, one) => sum + one.rounding_minor, 0);
  return Math.abs(sale.paid_minor < 0 ? sale.paid_minor : sale.paid_minor + rounded);
}
