"""What live regions say, kept as a screen reader would have read it out."""

# Before any script of the page runs. A region that comes into the page with its text is read out
# only when it is an alert.
LISTEN = """
window.heard = [];
const live = '[aria-live=polite], [aria-live=assertive], [role=status], [role=alert], [role=log]';
new MutationObserver((changes) => {
  const regions = new Set();
  for (const { target, addedNodes } of changes) {
    const element = target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement;
    const region = element?.closest(live);
    if (region) regions.add(region);
    for (const added of addedNodes) {
      if (added.nodeType !== Node.ELEMENT_NODE) continue;
      if (added.matches('[role=alert]')) regions.add(added);
      for (const alert of added.querySelectorAll('[role=alert]')) regions.add(alert);
    }
  }
  for (const region of regions) {
    const text = region.textContent.trim();
    if (text) heard.push(text);
  }
}).observe(document, { subtree: true, childList: true, characterData: true });
"""
