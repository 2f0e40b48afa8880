"""Why a price is what it is: what did not apply, what else there is, what is nearly reached."""
