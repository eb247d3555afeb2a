/**
 * Whether an input method handles a key, to choose or confirm characters, such as Chinese ones. Safari ends the composition
 * before it sends the key that confirms it; this key then has the key code 229, as the UI Events standard requires.
 */
export const isComposing = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229
