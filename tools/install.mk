# SPDX-License-Identifier: BSD-3-Clause
# "make install" installs the command as well, with its classes, its manual page and its completion. PECL
# goes by package.xml instead, and leaves these aside.

sessmirror_classes = $(prefix)/share/php
sessmirror_shared = $(prefix)/share/sessmirror

install: install-sessmirror-command

install-sessmirror-command:
	@echo "Installing the command:           $(INSTALL_ROOT)$(prefix)/bin/"
	@$(mkinstalldirs) $(INSTALL_ROOT)$(prefix)/bin $(INSTALL_ROOT)$(sessmirror_classes)/sessmirror \
		$(INSTALL_ROOT)$(sessmirror_shared) $(INSTALL_ROOT)$(prefix)/share/man/man1 \
		$(INSTALL_ROOT)$(prefix)/share/bash-completion/completions
	@cd $(srcdir)/tools && for class in *.php */*.php; do \
		$(top_srcdir)/build/shtool mkdir -p $(INSTALL_ROOT)$(sessmirror_classes)/sessmirror/`dirname $$class` && \
		$(INSTALL) -m 0644 $$class $(INSTALL_ROOT)$(sessmirror_classes)/sessmirror/$$class || exit 1; done
	@sed 's#@php_dir@#$(sessmirror_classes)#' $(srcdir)/bin/sessmirror > $(INSTALL_ROOT)$(prefix)/bin/sessmirror
	@chmod 0755 $(INSTALL_ROOT)$(prefix)/bin/sessmirror
	@$(INSTALL) -m 0644 $(srcdir)/tools/share/sessmirror.1 $(INSTALL_ROOT)$(prefix)/share/man/man1/sessmirror.1
	@$(INSTALL) -m 0644 $(srcdir)/tools/share/sessmirror.bash $(INSTALL_ROOT)$(prefix)/share/bash-completion/completions/sessmirror
	@for file in grafana-dashboard.json prometheus-alerts.yml; do \
		$(INSTALL) -m 0644 $(srcdir)/tools/share/$$file $(INSTALL_ROOT)$(sessmirror_shared)/$$file || exit 1; done

.PHONY: install-sessmirror-command
