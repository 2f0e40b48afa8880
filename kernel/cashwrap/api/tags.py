"""The parts of the local API, in the order in which a newcomer meets them."""

TAGS = {
    "session": "Who is at which register, who approves what, and training.",
    "shop": "The shop and what there is to sell, as a page draws it.",
    "sales": "Ringing up: every change answers the whole sale.",
    "payments": "Money in: cash, codes, cards, credit notes, payments in doubt.",
    "returns": "Goods and money back.",
    "receipts": "Finished sales: found, printed again, without paper, reversed.",
    "holds": "Sales that wait (挂单).",
    "shift": "The drawer's day, from the float to the Z report.",
    "reports": "What a shopkeeper asks at the till.",
    "goods": "The catalog as a whole, and what goods would come to.",
    "rules": "Promotion rules: checked, published, planned, taken back.",
    "stock": "What is on hand where, and the documents that move it.",
    "staff": "People, roles and PINs.",
    "scale": "Scales, read beside the till.",
    "devices": "What is plugged in, and which devices may drive this till.",
    "plugins": "What plugins bring, and looking after them.",
    "live": "What changes, as it happens (WebSocket).",
    "care": "Health, the doctor, the journal.",
}
