"""Whether all of a page can be reached by keyboard alone, and is seen to be."""

from playwright.sync_api import Page

# What takes the focus once, by the order of the page; of a group of radio buttons one stands for all. A script notes
# where the focus comes by, so that a page with hundreds of stops costs a key press each and no more.
WATCH = """() => {
    const shown = one => one.checkVisibility({visibilityProperty: true}) && !one.closest('[inert]');
    const stops = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable]';
    const all = [...document.querySelectorAll(stops)]
        .filter(one => one.tabIndex >= 0 && !one.matches(':disabled') && shown(one));
    const first = one => one.type === 'radio' && one.name
        ? all.find(other => other.type === 'radio' && other.name === one.name && other.form === one.form) : one;
    const state = {wanted: new Set(all.map(first)), reached: new Set(), unseen: []};
    document.addEventListener('focusin', event => {
        state.reached.add(first(event.target));
        const style = getComputedStyle(event.target);
        if (style.outlineStyle === 'none' && style.boxShadow === 'none') state.unseen.push(event.target);
    }, true);
    document.activeElement?.blur();
    window.keyboardWalk = state;
    return state.wanted.size;
}"""
FOUND = """() => {
    const {wanted, reached, unseen} = window.keyboardWalk;
    const told = list => [...new Set(list.map(one => one.outerHTML.slice(0, 160)))];
    return {
        'not reached': told([...wanted].filter(one => !reached.has(one))),
        'focus not seen': told(unseen),
        'only by mouse': told([...document.querySelectorAll('[role=button]:not(button):not([tabindex]), [onclick]')]),
    };
}"""
SPARE = 12
"""More presses than there are stops: the browser's own bar takes some."""


def faults_of_keyboard(page: Page) -> dict[str, list[str]]:
    """What of a page a keyboard does not reach, or where one does not see that it has; by kind, each as HTML."""
    stops = page.evaluate(WATCH)
    for _press in range(stops + SPARE):
        page.keyboard.press("Tab")
    return {kind: found for kind, found in page.evaluate(FOUND).items() if found}


def reach_everything(page: Page) -> None:
    """Each link, button and field is reached by pressing Tab, and shows that it is."""
    faults = faults_of_keyboard(page)
    assert faults == {}, f"{page.url}: {faults}"
