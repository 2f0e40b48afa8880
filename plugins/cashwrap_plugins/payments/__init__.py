"""Payments through providers: WeChat Pay's code payment."""
