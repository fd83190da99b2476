/** Where a telephone is registered, in words. */

export function registrationOf({ registered, registration, user }, t) {
  const { host, port, contact, user_agent: agent, status } = registration;
  const place = host ? `${host}:${port}` : "";
  const known = [place, contact, agent, status].filter(Boolean).join(" · ");
  return [user, t(registered ? "telephones.registered" : "telephones.unregistered"), known].filter(Boolean).join(" · ");
}
