"""The workshop view: the simulation in the room, in the browser, without internet."""
