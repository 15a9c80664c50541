// Presets the time zone of a form with the browser's own, where the page marks the field as one that nobody has chosen.
for (const field of document.querySelectorAll("select[data-own-zone]")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...field.options].some((option) => option.value === zone)) field.value = zone;
}
